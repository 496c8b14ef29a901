"""Milk with Dignity: dairy farms of the Northeast, judged by counted volume."""

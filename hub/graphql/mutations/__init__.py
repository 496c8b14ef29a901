"""What clients write, each mutation under the rule that says who may."""

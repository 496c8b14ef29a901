"""What every adapter needs: tables and templates, the record, feeds and their bounds."""

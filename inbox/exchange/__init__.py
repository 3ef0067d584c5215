"""What crosses the air gap, both ways, and reports entered by hand."""

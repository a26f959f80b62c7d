"""Speed against floors written independently; not imported by the product."""

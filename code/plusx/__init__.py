"""One +x: the code behind the chapters on skip connections."""

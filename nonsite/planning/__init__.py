"""What a site costs on this machine, and how much more of it the machine holds."""

"""What tests share: worlds, servers, devices, daemons that follow a script."""

"""Packets: TCP, ICMP, ARP, SNTP, the proxy, and what they cost."""

"""Feeds in, frames out; the packet ring, clips cut from it, feed health."""

"""Bytes -> words on pages. Bytes are hostile: everything that parses them runs in a limited child process."""

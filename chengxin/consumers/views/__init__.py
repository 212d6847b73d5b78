"""The doors of this room: everybody's, the merchant's, the platform's, the officer's."""

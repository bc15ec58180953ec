"""From a drawing or a picture to what the network sees. Knows pixels only."""

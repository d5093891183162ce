"""Program, decisions and trace turned into what a reader sees; knows no host."""

package main

import "fmt"

// A manifest says what is on board.
var manifest = map[string]int{"cheese": 3}

func main() {
	fmt.Println(manifest["cheese"], manifest["wine"])
}

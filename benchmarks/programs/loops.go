package main

func loops(n int) int {
	s := 7
	for i := 0; i < n; i++ {
		for j := 0; j < 1000; j++ {
			s = (s*31 + i) ^ j
		}
	}
	return s
}

func main() { println(loops(1000)) }

package main

func bubble(s []int) {
	n := len(s)
	for i := 0; i < n; i++ {
		for j := 0; j < n-1-i; j++ {
			if s[j] > s[j+1] {
				s[j], s[j+1] = s[j+1], s[j]
			}
		}
	}
}

func main() {
	s := make([]int, 1000)
	x := 12345
	for i := range s {
		x = (x*1103515245 + 12345) & 0x7fffffff
		s[i] = x % 1000
	}
	bubble(s)
	println(s[0], s[999])
}

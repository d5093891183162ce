package main

func count(n int) int {
	m := make(map[int]int)
	for i := 0; i < n; i++ {
		m[i*7919%1000]++
	}
	t := 0
	for _, v := range m {
		t += v
	}
	return t + len(m)
}

func main() { println(count(100000)) }

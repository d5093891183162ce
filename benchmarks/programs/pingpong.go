package main

func main() {
	ping := make(chan int)
	pong := make(chan int)
	go func() {
		for v := range ping {
			pong <- v + 1
		}
		close(pong)
	}()
	t := 0
	for i := 0; i < 100000; i++ {
		ping <- t
		t = <-pong
	}
	close(ping)
	println(t)
}

package main

type Node struct {
	val  int
	next *Node
}

func build(n int) *Node {
	var head *Node
	for i := 0; i < n; i++ {
		head = &Node{val: i, next: head}
	}
	return head
}

func sum(head *Node) int {
	t := 0
	for p := head; p != nil; p = p.next {
		t += p.val
	}
	return t
}

func main() { println(sum(build(100000))) }

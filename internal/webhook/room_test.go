package webhook

import (
	"bufio"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// While all connections are at work, the next one waits.
func TestConnectionsAreCapped(t *testing.T) {
	store := &memory{}
	inBubble(t, Options{Store: store, MaxConn: 2}, func(b *bed) {
		store.hold = make(chan struct{})
		answered := make(chan int, 3)
		for i := range 3 {
			go func() {
				status, _ := b.send(post(numbered("x", i)))
				answered <- status
			}()
			synctest.Wait()
		}
		if n := b.Stats().Received; n != 2 || len(answered) != 0 {
			b.Errorf("%d are served at a time", n)
		}
		close(store.hold)
		for range 3 {
			if status := <-answered; status != 200 {
				b.Error(status)
			}
		}
	})
}

// Connections that are kept open without a request hold up nobody; one of them can be used as long as there is room.
func TestIdleConnectionsMakeRoom(t *testing.T) {
	const most, kept = 8, 300
	inBubble(t, Options{Store: &memory{}, MaxConn: most}, func(b *bed) {
		start := time.Now()
		var conns []net.Conn
		var answers []*bufio.Reader
		for i := range kept {
			c := b.listener.dial()
			defer c.Close()
			conns, answers = append(conns, c), append(answers, bufio.NewReader(c))
			if status, _ := exchange(b.T, c, answers[i], post(numbered("x", i))); status != 200 {
				b.Fatal(status)
			}
			synctest.Wait()
		}
		if status, _ := b.send(post(event)); status != 200 || time.Since(start) != 0 {
			b.Errorf("the next one was answered with %d after %s", status, time.Since(start))
		}
		last := kept - 1
		if status, _ := exchange(b.T, conns[last], answers[last], post(numbered("again", 1))); status != 200 {
			b.Errorf("a connection that was kept was answered with %d", status)
		}
		if _, err := answers[0].ReadByte(); err != io.EOF {
			b.Errorf("the longest idle one was not closed: %v", err)
		}
	})
}

// The end of a receiver does not wait for what waits for room.
func TestTheEndFindsSomebodyWaiting(t *testing.T) {
	inBubble(t, Options{Store: &memory{}, MaxConn: 1}, func(b *bed) {
		first, second := b.listener.dial(), b.listener.dial()
		defer first.Close()
		defer second.Close()
		synctest.Wait()
		start := time.Now()
		if err := b.stop(); err != nil || time.Since(start) > shutdownWithin {
			b.Errorf("after %s: %v", time.Since(start), err)
		}
	})
}

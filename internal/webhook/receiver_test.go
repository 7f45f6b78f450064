package webhook

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestAcknowledgedWhenStored(t *testing.T) {
	store := &memory{}
	inBubble(t, Options{Store: store, Secrets: []string{"new", secret}}, func(b *bed) {
		store.hold = make(chan struct{})
		changed := b.Changed()
		answered := make(chan int, 1)
		go func() {
			status, _ := b.send(post(event, signed(event), HeaderEnvironment+": env_1"))
			answered <- status
		}()
		synctest.Wait()
		select {
		case status := <-answered:
			b.Fatalf("answered %d before it was stored", status)
		case <-changed:
			b.Fatal("counted before it was stored")
		default:
		}
		close(store.hold)
		if status := <-answered; status != 200 {
			b.Fatalf("answered %d", status)
		}
		<-changed
		d := store.all()[0]
		if !d.Verified || d.Type != "message.sent" || d.EnvironmentID != "env_1" || string(d.Body) != event {
			b.Errorf("stored %+v", d)
		}
		// Sent again: the same body under a signature of its own.
		time.Sleep(time.Minute)
		if status, _ := b.send(post(event, signed(event))); status != 200 || len(store.all()) != 1 {
			b.Errorf("a repeat: %d, %d stored", status, len(store.all()))
		}
		s := b.Stats()
		if s.Received != 2 || s.Stored != 1 || s.Repeats != 1 || s.Unverified != 0 || s.ByType["message.sent"] != 1 || s.RefusedAll() != 0 {
			b.Errorf("counted %+v", s)
		}
	})
}

func TestHeadersInTheirOrder(t *testing.T) {
	store := &memory{}
	inBubble(t, Options{Store: store}, func(b *bed) {
		c := b.listener.dial()
		defer c.Close()
		answers := bufio.NewReader(c)
		for i := range 3 { // on one connection
			body := fmt.Sprintf(`{"type":"message.sent","n":%d}`, i)
			if status, _ := exchange(b.T, c, answers, post(body, "x-Odd-NAME:  kept as it is\t", "x-twice: b", "a-first: 1", "x-twice: a", "Authorization: Bearer sk_1")); status != 200 {
				b.Fatal(status)
			}
		}
		status, _ := exchange(b.T, c, answers, "GET "+HealthPath+" HTTP/1.1\r\nHost: x\r\n\r\n")
		if status != 200 {
			b.Fatal(status)
		}
		if status, _ := exchange(b.T, c, answers, "POST "+DefaultPath+" HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nz: 1\r\nContent-Type: application/json\r\n\r\n2a\r\n"+event+"\r\n0\r\n\r\n"); status != 200 {
			b.Fatal(status)
		}
		want := []Header{{"Host", "127.0.0.1:4040"}, {"content-type", "application/json"}, {"content-length", "29"}, {"x-Odd-NAME", "kept as it is"},
			{"x-twice", "b"}, {"a-first", "1"}, {"x-twice", "a"}, {"Authorization", "[redacted]"}}
		kept := store.all()
		for _, d := range kept[:3] {
			if !reflect.DeepEqual(d.Header, want) {
				b.Errorf("headers\n got %v\nwant %v", d.Header, want)
			}
		}
		if got, want := kept[3].Header, []Header{{"Host", "x"}, {"Transfer-Encoding", "chunked"}, {"z", "1"}, {"Content-Type", "application/json"}}; !reflect.DeepEqual(got, want) {
			b.Errorf("headers\n got %v\nwant %v", got, want)
		}
	})
}

func TestUnverifiedWithoutASecret(t *testing.T) {
	store := &memory{}
	inBubble(t, Options{Store: store}, func(b *bed) {
		for _, more := range []string{"x: y", signed(event), HeaderSignature + ": rubbish"} {
			if status, _ := b.send(post(event, more)); status != 200 {
				b.Error(status)
			}
		}
		if kept := store.all(); len(kept) != 1 || kept[0].Verified || b.Stats().Unverified != 1 {
			b.Errorf("kept %+v, counted %+v", kept, b.Stats())
		}
	})
}

func TestSlowBodies(t *testing.T) {
	inBubble(t, Options{Store: &memory{}}, func(b *bed) {
		start := time.Now()
		begun := strings.TrimSuffix(post(event), event[10:])
		status, _ := b.send(begun) // and no more
		if status != 408 || time.Since(start) != readTimeout || b.Stats().Refused[TooSlow] != 1 {
			b.Errorf("answered %d after %s, counted %+v", status, time.Since(start), b.Stats())
		}
		// A header that never ends is cut off.
		c := b.listener.dial()
		defer c.Close()
		go func() { _, _ = io.WriteString(c, "POST / HTTP/1.1\r\nx: ") }()
		start = time.Now()
		if _, err := c.Read(make([]byte, 1)); err == nil || time.Since(start) != headerTimeout {
			b.Errorf("%v after %s", err, time.Since(start))
		}
		// A body that is cut off.
		c = b.listener.dial()
		if _, err := io.WriteString(c, begun); err != nil {
			b.Fatal(err)
		}
		_ = c.Close()
		synctest.Wait()
		if b.Stats().Refused[CutOff] != 1 {
			b.Errorf("counted %+v", b.Stats())
		}
	})
}

func TestLargeBodiesTakeTurns(t *testing.T) {
	store := &memory{}
	inBubble(t, Options{Store: store}, func(b *bed) {
		large := `{"type":"message.sent","pad":"` + strings.Repeat("x", smallBody) + `"}`
		for range maxLargeBodies {
			c := b.listener.dial()
			defer c.Close()
			if _, err := io.WriteString(c, post(large)[:1000]); err != nil { // never finished
				b.Fatal(err)
			}
		}
		synctest.Wait()
		if status, _ := b.send(post(large)); status != 503 || b.Stats().Unavailable != 1 {
			b.Errorf("one more: %d, counted %+v", status, b.Stats())
		}
		if status, _ := b.send(post(event)); status != 200 {
			b.Errorf("a small one: %d", status)
		}
		time.Sleep(readTimeout)
		if status, _ := b.send(post(large)); status != 200 || len(store.all()) != 2 {
			b.Errorf("after that: %d", status)
		}
	})
}

func TestWhatCannotBeStoredIsSentBack(t *testing.T) {
	store := &memory{err: errors.New("the disk is full")}
	var log bytes.Buffer
	inBubble(t, Options{Store: store, Secrets: []string{secret}, Log: textLog(&log)}, func(b *bed) {
		c := b.listener.dial()
		defer c.Close()
		go func() { _, _ = io.WriteString(c, post(event, signed(event))) }()
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			b.Fatal(err)
		}
		if res.StatusCode != 503 || res.Header.Get("Retry-After") == "" {
			b.Errorf("answered %d %v", res.StatusCode, res.Header)
		}
		if status, _ := b.send("GET " + HealthPath + " HTTP/1.1\r\nHost: x\r\n\r\n"); status != 503 {
			b.Errorf("health: %d", status)
		}
		store.mu.Lock()
		store.err = nil
		store.mu.Unlock()
		if status, _ := b.send(post(event, signed(event))); status != 200 || len(store.all()) != 1 {
			b.Errorf("sent again: %d", status)
		}
		if status, _ := b.send("GET " + HealthPath + " HTTP/1.1\r\nHost: x\r\n\r\n"); status != 200 {
			b.Errorf("health: %d", status)
		}
		if s := b.Stats(); s.Unavailable != 1 || s.Stored != 1 {
			b.Errorf("counted %+v", s)
		}
	})
	if !strings.Contains(log.String(), "the disk is full") || strings.Contains(log.String(), secret) {
		t.Errorf("logged %s", log.String())
	}
}

func TestManyAtOnceAreStoredTogether(t *testing.T) {
	store := &memory{}
	calls := 0
	r := NewReceiver(Options{Store: storeFunc(func(ctx context.Context, ds []Delivery) ([]bool, error) {
		calls++
		return store.AddDeliveries(ctx, ds)
	})})
	synctest.Test(t, func(t *testing.T) {
		store.hold = make(chan struct{})
		var all sync.WaitGroup
		for i := range 100 {
			all.Go(func() {
				d := Delivery{Type: "x", Hash: [32]byte{byte(i % 50)}}
				if _, err := r.queue.add(&d); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		close(store.hold)
		all.Wait()
		time.Sleep(time.Second) // the queue sees that nothing is left
	})
	if s := r.Stats(); calls > 3 || s.Stored != 50 || s.Repeats != 50 {
		t.Errorf("%d calls, counted %+v", calls, s)
	}
}

func TestRates(t *testing.T) {
	inBubble(t, Options{Store: &memory{}}, func(b *bed) {
		for i := range 10 {
			if status, _ := b.send(post(fmt.Sprintf(`{"type":"message.sent","n":%d}`, i))); status != 200 {
				b.Fatal(status)
			}
			time.Sleep(500 * time.Millisecond)
		}
		if rate := b.Stats().Rate(); rate != 2 {
			b.Errorf("%v a second, want 2", rate)
		}
		time.Sleep(30 * time.Second)
		s := b.Stats()
		sum := 0
		for _, n := range s.PerSecond {
			sum += n
		}
		if s.Rate() != 0 || sum != 10 {
			b.Errorf("%v a second, %v", s.Rate(), s.PerSecond)
		}
		time.Sleep(time.Hour)
		if s := b.Stats(); s.PerSecond != [60]int{} {
			b.Errorf("an hour later: %v", s.PerSecond)
		}
	})
}

func TestTypesAreCountedWithinBounds(t *testing.T) {
	r := NewReceiver(Options{Store: &memory{}})
	for i := range 3 * maxTypes {
		d := Delivery{Type: fmt.Sprintf("made.up%d", i), Hash: [32]byte{byte(i), byte(i >> 8)}}
		if _, err := r.queue.add(&d); err != nil {
			t.Fatal(err)
		}
	}
	if s := r.Stats(); len(s.ByType) != maxTypes+1 || s.ByType[Other] != 2*maxTypes {
		t.Errorf("%d types, %d others", len(s.ByType), s.ByType[Other])
	}
}

func TestTLS(t *testing.T) {
	certified := httptest.NewTLSServer(nil) // for its certificate
	defer certified.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	store := &memory{}
	r := NewReceiver(Options{Store: store, TLS: &tls.Config{Certificates: certified.TLS.Certificates}})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Serve(ctx, l) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	c := certified.Client()
	defer c.CloseIdleConnections()
	res, err := c.Post("https://"+l.Addr().String()+DefaultPath, "application/json", strings.NewReader(event))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if kept := store.all(); res.StatusCode != 200 || len(kept) != 1 || kept[0].Header[1].Name != "User-Agent" {
		t.Errorf("answered %d, kept %+v", res.StatusCode, kept)
	}
}

func TestOrderIsByNameBehindAnotherServer(t *testing.T) {
	store := &memory{}
	server := httptest.NewServer(NewReceiver(Options{Store: store}).Handler())
	defer server.Close()
	res, err := http.Post(server.URL+DefaultPath, "application/json", strings.NewReader(event))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var names []string
	for _, h := range store.all()[0].Header {
		names = append(names, h.Name)
	}
	if want := []string{"Host", "Accept-Encoding", "Content-Length", "Content-Type", "User-Agent"}; !reflect.DeepEqual(names, want) {
		t.Errorf("headers %v", names)
	}
}

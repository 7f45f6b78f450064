package journal

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/webhook"
)

// receiverVariable makes the test binary the receiver that TestKilledWhileReceiving kills.
const receiverVariable = "KNOCKOPS_TEST_JOURNAL_RECEIVER"

// receiveUntilKilled prints the address at which it takes webhooks.
func receiveUntilKilled(path string) {
	j, err := Open(path)
	if err == nil {
		var l net.Listener
		if l, err = net.Listen("tcp", "127.0.0.1:0"); err == nil {
			fmt.Println(l.Addr())
			err = webhook.NewReceiver(webhook.Options{Store: j, Secrets: []string{ingestSecret}}).Serve(context.Background(), l)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// knockOnce sends one webhook and returns the status of the answer, 0 for none.
func knockOnce(c *http.Client, addr string, body []byte) int {
	req, err := http.NewRequest(http.MethodPost, "http://"+addr+webhook.DefaultPath, bytes.NewReader(body))
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(webhook.HeaderSignature, webhook.Sign(ingestSecret, time.Now(), body))
	res, err := c.Do(req)
	if err != nil {
		return 0
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// Every event that was acknowledged is there after a kill -9, once, however often it was sent.
func TestKilledWhileReceiving(t *testing.T) {
	const senders, perRound = 8, 60
	rounds := fullscale.N(50, 8)
	path := filepath.Join(t.TempDir(), "j.db")
	acknowledged := map[int]bool{}
	for round := range rounds {
		receiver := exec.Command(os.Args[0])
		receiver.Env = append(os.Environ(), receiverVariable+"="+path, "GORACE=atexit_sleep_ms=0")
		receiver.Stderr = os.Stderr
		out, err := receiver.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := receiver.Start(); err != nil {
			t.Fatal(err)
		}
		addr, err := bufio.NewReader(out).ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		sent := round * perRound / 2 // half of it was sent last time: those are repeats
		taken := 0
		var all sync.WaitGroup
		c := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: senders}}
		for range senders {
			all.Go(func() {
				for {
					mu.Lock()
					n := sent
					sent++
					mu.Unlock()
					if knockOnce(c, strings.TrimSpace(addr), webhookBody(n)) != http.StatusOK {
						return // it is killed
					}
					mu.Lock()
					acknowledged[n] = true
					if taken++; taken == perRound {
						_ = receiver.Process.Kill() // SIGKILL, while the others send
					}
					mu.Unlock()
				}
			})
		}
		all.Wait()
		c.CloseIdleConnections()
		if err := receiver.Wait(); err == nil || taken < perRound {
			t.Fatalf("the receiver ended by itself after %d: %v", taken, err)
		}
		checkAcknowledged(t, path, acknowledged)
	}
}

func checkAcknowledged(t *testing.T, path string, acknowledged map[int]bool) {
	t.Helper()
	j, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	events, err := j.Events(t.Context(), EventFilter{Whole: true}, all, 0)
	if err != nil {
		t.Fatal(err)
	}
	times := map[string]int{}
	for _, e := range events {
		times[string(e.Body)]++
	}
	for n := range acknowledged {
		if got := times[string(webhookBody(n))]; got != 1 {
			t.Fatalf("event %d is there %d times", n, got)
		}
	}
	for body, n := range times {
		if n != 1 {
			t.Fatalf("%d times: %s", n, body)
		}
	}
	if err := j.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// receiving serves a receiver over a journal, and returns its address.
func receiving(t *testing.T, j *Journal) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- webhook.NewReceiver(webhook.Options{Store: j, Secrets: []string{ingestSecret}}).Serve(ctx, l)
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

func TestAFullDiskSendsBack(t *testing.T) {
	j := opened(t, filepath.Join(t.TempDir(), "j.db"))
	j.db.SetMaxOpenConns(1) // the limit below belongs to the connection
	var pages int
	if err := j.db.QueryRow("PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit := func(pages int) {
		if _, err := j.db.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages + 4)
	addr := receiving(t, j)
	taken := 0
	for status := 0; status != http.StatusServiceUnavailable; taken++ {
		if status = knockOnce(http.DefaultClient, addr, webhookBody(taken)); status != http.StatusOK && status != http.StatusServiceUnavailable || taken > 100 {
			t.Fatalf("event %d: answered %d", taken, status)
		}
	}
	limit(1 << 20)
	if status := knockOnce(http.DefaultClient, addr, webhookBody(taken-1)); status != http.StatusOK {
		t.Errorf("with room again: %d", status)
	}
	if n, err := j.CountEvents(t.Context(), EventFilter{}); err != nil || n != taken {
		t.Errorf("%d events of %d: %v", n, taken, err)
	}
}

func TestALockedJournalSendsBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j.db")
	j, err := open(path, time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	addr := receiving(t, j)
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	conn, err := other.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	if status := knockOnce(http.DefaultClient, addr, webhookBody(1)); status != http.StatusServiceUnavailable {
		t.Errorf("answered %d while it is locked", status)
	}
	if _, err := conn.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if status := knockOnce(http.DefaultClient, addr, webhookBody(1)); status != http.StatusOK {
		t.Errorf("answered %d afterwards", status)
	}
}

package journal

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// writerVariable makes the test binary the program that TestKilled kills: it names the journal to write to.
const writerVariable = "KNOCKOPS_TEST_JOURNAL_WRITER"

func TestMain(m *testing.M) {
	if path := os.Getenv(writerVariable); path != "" {
		writeUntilKilled(path)
	}
	if path := os.Getenv(receiverVariable); path != "" {
		receiveUntilKilled(path)
	}
	if os.Getenv(bareVariable) != "" {
		answerUntilKilled()
	}
	os.Exit(m.Run())
}

// writeUntilKilled prints the id of every action that Begin returned.
func writeUntilKilled(path string) {
	j, err := Open(path)
	for err == nil {
		var id int64
		if id, err = j.Begin(context.Background(), sent); err == nil {
			_, err = fmt.Println(id)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j.db")
	var last int64
	for round := range 3 {
		writer := exec.Command(os.Args[0])
		writer.Env = append(os.Environ(), writerVariable+"="+path)
		writer.Stderr = os.Stderr
		out, err := writer.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := writer.Start(); err != nil {
			t.Fatal(err)
		}
		returned := bufio.NewScanner(out)
		for i := 0; returned.Scan(); i++ {
			if last, err = strconv.ParseInt(returned.Text(), 10, 64); err != nil {
				t.Fatal(err)
			}
			if i == 20*(round+1) {
				if err := writer.Process.Kill(); err != nil { // SIGKILL; what it had printed by then is still read
					t.Fatal(err)
				}
			}
		}
		if err := writer.Wait(); err == nil {
			t.Fatal("the writer ended by itself")
		}

		j, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		actions, err := j.Actions(t.Context(), Filter{}, int(last)+10, last+1)
		if err != nil {
			t.Fatal(err)
		}
		if int64(len(actions)) != last || actions[0].ID != last {
			t.Fatalf("round %d: %d actions are there, %d were acknowledged", round, len(actions), last)
		}
		if err := j.Check(t.Context()); err != nil {
			t.Error(err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

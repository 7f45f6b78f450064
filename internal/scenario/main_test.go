package scenario

import (
	"os"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC // which golden screens are drawn in
	os.Exit(m.Run())
}

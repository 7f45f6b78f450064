package app

import (
	"errors"
	"io"
	"os"
	"runtime"

	"github.com/cli/browser"
)

// ErrNoBrowser says that no browser opens where the operator sits.
var ErrNoBrowser = errors.New("no browser available")

// Browse opens an address in the operator's browser. It is an errNoBrowser where
// one would open on another screen than this, or on none.
func Browse(url string) error {
	remote := os.Getenv("SSH_CONNECTION") != ""
	screen := runtime.GOOS != "linux" || os.Getenv("DISPLAY")+os.Getenv("WAYLAND_DISPLAY") != ""
	if remote || !screen {
		return ErrNoBrowser
	}
	browser.Stdout, browser.Stderr = io.Discard, io.Discard
	return browser.OpenURL(url)
}

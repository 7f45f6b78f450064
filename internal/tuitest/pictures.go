package tuitest

import (
	"image/color"
	"path/filepath"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"github.com/knockops/knockops/internal/tuitest/picture"
)

// pictures is where the documents have theirs, from the folder of a test in internal.
var pictures = filepath.Join("..", "..", "docs", "pictures")

// backgrounds are those that pictures are drawn on.
var backgrounds = []struct {
	name  string
	look  picture.Look
	color color.Color
}{{"dark", picture.Dark, color.Black}, {"light", picture.Light, color.White}}

// Picture compares the screen with docs/pictures/<name>-dark.svg and its light twin. title says what it
// shows.
func (s *Stage) Picture(name, title string) *Stage {
	s.t.Helper()
	for _, b := range backgrounds {
		s.picture(name+"-"+b.name, b.look.Still(title, s.on(b.color)))
	}
	return s
}

func (s *Stage) picture(name, svg string) {
	s.t.Helper()
	if path := filepath.Join(pictures, name+".svg"); !s.same(path, svg) {
		s.t.Errorf("%s is stale: KNOCKOPS_TEST_FULL=1 go test ./internal/scenario -run Picture -update draws all anew. The console is now:\n%s", path, s.Text())
	}
}

// on is the screen as it is on a background, drawn anew.
func (s *Stage) on(background color.Color) picture.Screen {
	s.Send(tea.BackgroundColorMsg{Color: background}).Press("ctrl+l")
	return s.screen.cells()
}

// Film is what the screen showed at moments of a story.
type Film struct {
	stage  *Stage
	frames [][]picture.Frame // for each background
}

// Film begins one.
func (s *Stage) Film() *Film {
	return &Film{stage: s, frames: make([][]picture.Frame, len(backgrounds))}
}

// Frame adds the screen as it is. It is held for some time, above the key that led to it and a caption.
func (f *Film) Frame(hold time.Duration, key, caption string) {
	for i, b := range backgrounds {
		f.frames[i] = append(f.frames[i], picture.Frame{Screen: f.stage.on(b.color), Key: key, Caption: caption, Hold: hold})
	}
}

// Picture compares the film with docs/pictures/<name>-dark.svg and its light twin. poster is the frame
// that stands for all where nothing moves.
func (f *Film) Picture(name, title string, poster int) {
	f.stage.t.Helper()
	for i, b := range backgrounds {
		f.stage.picture(name+"-"+b.name, b.look.Film(title, f.frames[i], poster))
	}
}

func (s *screen) cells() picture.Screen {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make(picture.Screen, s.emu.Height())
	for y := range all {
		for x := range s.emu.Width() {
			c := uv.Cell{}
			if at := s.emu.CellAt(x, y); at != nil {
				c = *at
			}
			all[y] = append(all[y], c)
		}
	}
	return all
}

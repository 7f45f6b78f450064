package picture

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Frame is a screen of a film, and how long it is shown.
type Frame struct {
	Screen Screen
	// Key was pressed to come here, and Caption says why; both stand below the screen.
	Key, Caption string
	Hold         time.Duration
}

// Film draws frames one after the other, over and over. Each line of a screen is drawn once for as long
// as it stays. Where nothing moves, as for those who asked for no motion, poster is shown.
func (l Look) Film(title string, frames []Frame, poster int) string {
	d := newDrawing(l)
	var screen size
	for _, f := range frames {
		screen.columns, screen.lines = max(screen.columns, f.Screen.columns()), max(screen.lines, len(f.Screen))
	}
	total := time.Duration(0)
	starts := make([]time.Duration, len(frames)+1)
	for i, f := range frames {
		total += f.Hold
		starts[i+1] = total
	}
	reel := reel{classes: map[string]string{}}
	var body strings.Builder
	for y := range screen.lines + 2 {
		shown, order := map[string][]bool{}, []string(nil)
		for i, f := range frames {
			drawn := ""
			switch {
			case y < len(f.Screen):
				drawn = d.line(y, f.Screen[y])
			case y == screen.lines+1:
				drawn = d.caption(y, f)
			}
			if shown[drawn] == nil {
				shown[drawn], order = make([]bool, len(frames)), append(order, drawn)
			}
			shown[drawn][i] = true
		}
		for _, drawn := range order {
			if drawn != "" {
				body.WriteString(reel.add(drawn, shown[drawn], poster))
			}
		}
	}
	screen.lines += 2
	return d.document(title, screen, body.String(), reel.style(starts))
}

// caption is the key that was pressed, as it looks on a keyboard, and the words beside it.
func (d *drawing) caption(y int, f Frame) string {
	x, key := 1, ""
	if f.Key != "" {
		n := len([]rune(f.Key))
		key = fmt.Sprintf(`<rect x="%d" y="-1" width="%d" height="%d" rx="4" class="%s l"/>`, cellWidth/2, (n+1)*cellWidth, cellHeight+2, d.class(d.border))
		var b strings.Builder
		d.text(&b, style{ink: d.ink, bold: true}, 1, n, f.Key)
		key, x = key+b.String(), n+3
	}
	var b strings.Builder
	if n := len([]rune(f.Caption)); n > 0 {
		d.text(&b, style{ink: d.ink}, x, n, f.Caption)
	}
	return fmt.Sprintf("<g transform=\"translate(0 %d)\">%s%s</g>\n", y*cellHeight, key, b.String())
}

// reel names the sets of frames in which something is shown.
type reel struct {
	classes map[string]string
	order   []string
	poster  []bool
}

// add wraps what was drawn in the frames in which it is shown. What is always there needs nothing.
func (r *reel) add(drawn string, shown []bool, poster int) string {
	var key strings.Builder
	always := true
	for _, on := range shown {
		key.WriteString(map[bool]string{true: "1", false: "0"}[on])
		always = always && on
	}
	if always {
		return drawn
	}
	name, known := r.classes[key.String()]
	if !known {
		name = "f" + strconv.Itoa(len(r.order))
		r.classes[key.String()] = name
		r.order, r.poster = append(r.order, key.String()), append(r.poster, shown[poster])
	}
	return strings.Replace(drawn, "<g ", `<g class="`+name+`" `, 1)
}

// style are the rules that show each set in its time.
func (r *reel) style(starts []time.Duration) string {
	var still, moving strings.Builder
	total := starts[len(starts)-1]
	for i, key := range r.order {
		name := r.classes[key]
		if !r.poster[i] {
			still.WriteString("." + name + "{visibility:hidden}")
		}
		fmt.Fprintf(&moving, ".%s{animation:%s %ss step-end infinite}@keyframes %s{", name, name, number(total.Seconds()), name)
		last := byte(0)
		for at := range len(key) {
			if key[at] != last {
				last = key[at]
				fmt.Fprintf(&moving, "%s%%{visibility:%s}", percent(starts[at], total), map[byte]string{'0': "hidden", '1': "visible"}[last])
			}
		}
		moving.WriteString("}\n")
	}
	return still.String() + "\n@media (prefers-reduced-motion:no-preference){\n" + moving.String() + "}\n"
}

func percent(part, of time.Duration) string {
	return strconv.FormatFloat(100*float64(part)/float64(of), 'f', 3, 64)
}

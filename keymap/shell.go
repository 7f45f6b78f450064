package keymap

// Actions of the shell, which work everywhere.
var (
	AppPalette  = Action{ID: "app.palette", Title: "Find a page or an action", Short: "palette", Scope: Global, Keys: []string{":", "ctrl+p"}, InText: true}
	AppHelp     = Action{ID: "app.help", Title: "Show the keys that work here", Short: "help", Scope: Global, Keys: []string{"?", "f1"}, InText: true}
	AppBack     = Action{ID: "app.back", Title: "Go back", Scope: Global, Keys: []string{"esc", "backspace"}}
	AppArm      = Action{ID: "app.arm", Title: "Arm or disarm the protected profile", Short: "arm", Scope: Global, Keys: []string{"A"}}
	AppProfile  = Action{ID: "app.profile", Title: "Switch to another profile", Scope: Global, Keys: []string{"P"}}
	AppKeepView = Action{ID: "app.keepview", Title: "Save this view under a name: page, filter, columns, order", Scope: Global}
	AppDropView = Action{ID: "app.dropview", Title: "Delete a saved view", Scope: Global}
	AppPreview  = Action{ID: "app.preview", Title: "Show or hide the preview of what is selected", Scope: Global, Keys: []string{`\`}}
	AppRedraw   = Action{ID: "app.redraw", Title: "Redraw the screen", Scope: Global, Keys: []string{"ctrl+l"}, InText: true}
	AppSuspend  = Action{ID: "app.suspend", Title: "Suspend to the shell", Scope: Global, Keys: []string{"ctrl+z"}}
	AppQuit     = Action{ID: "app.quit", Title: "Quit", Scope: Global, Keys: []string{"q", "ctrl+c"}, InText: true}
)

// Actions of the pane that lies under or beside the page. The shell names it in their titles.
var (
	DockToggle = Action{ID: "dock.toggle", Title: "Show or hide the %s pane", Scope: Global, Keys: []string{"E", "f6"}, InText: true}
	DockFocus  = Action{ID: "dock.focus", Title: "Switch between the page and the %s pane", Scope: Global, Keys: []string{"W", "f7"}, InText: true}
	DockFollow = Action{ID: "dock.follow", Title: "Let the %s pane follow what is selected, or show all", Scope: Global, Keys: []string{"F"}}
	DockPlace  = Action{ID: "dock.place", Title: "Put the %s pane beside the page, or under it", Scope: Global, Keys: []string{"B"}}
)

// Actions that move a cursor or a window, wherever there is one.
var (
	Up       = Action{ID: "list.up", Title: "Move up", Scope: List, Keys: []string{"up", "k"}}
	Down     = Action{ID: "list.down", Title: "Move down", Scope: List, Keys: []string{"down", "j"}}
	PageUp   = Action{ID: "list.pageup", Title: "Move up a page", Scope: List, Keys: []string{"pgup", "ctrl+b"}}
	PageDown = Action{ID: "list.pagedown", Title: "Move down a page", Scope: List, Keys: []string{"pgdown", "ctrl+f"}}
	Home     = Action{ID: "list.home", Title: "Move to the first row", Scope: List, Keys: []string{"home", "g"}}
	End      = Action{ID: "list.end", Title: "Move to the last row", Scope: List, Keys: []string{"end", "G"}}
)

// Actions of every list of rows.
var (
	RowsMark      = Action{ID: "rows.mark", Title: "Mark the row and move down", Short: "mark", Scope: Rows, Keys: []string{"space"}}
	RowsMarkAll   = Action{ID: "rows.markall", Title: "Mark all", Scope: Rows, Keys: []string{"ctrl+a"}}
	RowsMarkRange = Action{ID: "rows.markrange", Title: "Mark the range up to here", Scope: Rows, Keys: []string{"V"}}
	RowsClear     = Action{ID: "rows.clear", Title: "Clear marks, or else the filter", Scope: Rows, Keys: []string{"U"}}
	RowsFind      = Action{ID: "rows.find", Title: "Search", Short: "find", Scope: Rows, Keys: []string{"/"}}
	RowsFilter    = Action{ID: "rows.filter", Title: "Filter", Short: "filter", Scope: Rows, Keys: []string{"f"}}
	RowsSort      = Action{ID: "rows.sort", Title: "Sort by the next column", Scope: Rows, Keys: []string{">"}}
	RowsSortBack  = Action{ID: "rows.sortback", Title: "Sort by the previous column", Scope: Rows, Keys: []string{"<"}}
	RowsReverse   = Action{ID: "rows.reverse", Title: "Reverse the order", Scope: Rows, Keys: []string{"-"}}
	RowsColumns   = Action{ID: "rows.columns", Title: "Choose the columns", Scope: Rows, Keys: []string{"|"}}
	RowsRefresh   = Action{ID: "rows.refresh", Title: "Refresh", Scope: Rows, Keys: []string{"r"}}
	RowsCopy      = Action{ID: "rows.copy", Title: "Copy the id of the row, or of those marked", Short: "copy id", Scope: Rows, Keys: []string{"y"}}
	RowsExport    = Action{ID: "rows.export", Title: "Export to a file", Scope: Rows, Keys: []string{"X"}}
)

// Actions of every page that shows one thing.
var (
	DetailRaw     = Action{ID: "detail.raw", Title: "Raw JSON", Short: "json", Scope: Detail, Keys: []string{"J"}}
	DetailRefresh = Action{ID: "detail.refresh", Title: "Refresh", Scope: Detail, Keys: []string{"r"}}
	DetailCopy    = Action{ID: "detail.copy", Title: "Copy the id", Short: "copy id", Scope: Detail, Keys: []string{"y"}}
)

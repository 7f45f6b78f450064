package main

const (
	argvFile     = "config/argv.go"
	programsFile = "internal/ops/commands/commands.go"
	programTests = "internal/ops/commands."
	valuesApart  = "config.TestArgvKeepsValuesApart"
	valuesRead   = "config.TestWordsThatWouldBeRead"
	atProtected  = programTests + "TestProtectedProfilesRunNothingByThemselves"
)

// commandBreaks are those of the operator's own programs.
var commandBreaks = []Break{
	{"value-through-a-shell", untrusted, "a value in a shell's program is taken for a word", argvFile,
		"case slices.Contains(interpreters, program) && isScript(words[at+1:i], first):", "case slices.Contains(interpreters, program) && isScript(words[at+1:i], first) && i < 0:", valuesRead},
	{"value-through-a-far-shell", untrusted, "a value goes to a program that has a shell read it", argvFile, "case slices.Contains(rereads, program):", "case slices.Contains(rereads, program) && i < 0:", valuesRead},
	{"value-names-an-option", untrusted, "a value stands where the name of an option does", argvFile, "!strings.Contains(before, \"=\"):", "before == \"-\" && i < 0:", valuesRead},
	{"value-becomes-an-option", untrusted, "a value that begins with a hyphen is taken for an option", argvFile, "strings.HasPrefix(argv[i], \"-\") && !strings.HasPrefix(word, \"-\")", "strings.HasPrefix(argv[i], \"-\") && len(word) == 0", valuesApart},
	{"value-with-controls", untrusted, "a value with control characters goes to a program", argvFile, "case strings.ContainsFunc(value, unicode.IsControl):", "case strings.ContainsFunc(value, unicode.IsControl) && value == \"\":", valuesApart},
	{"value-of-nothing", untrusted, "a program runs without what it should be about", argvFile, "	case value == \"\":\n", "	case false:\n", valuesApart},
	{"program-on-a-protected-profile", readOnly, "a program runs on a protected profile that nobody allowed there", consentFile, "case f.Protected && !f.Allowed:", "case false:", atProtected},
	{"program-while-read-only", readOnly, "a program that may change something runs while the profile is read-only", consentFile, "case f.ReadOnly && !f.Reads:", "case false:", atProtected},
	{"program-refused-in-words-alone", readOnly, "a program that is refused runs when it is started all the same", programsFile, "if why := r.Prompt(c, argv).Refused; why != \"\" {", "if why := r.Prompt(c, argv).Refused; why == \"never\" {", atProtected},
	{"program-unwritten", written, "a program runs although the journal refused it", programsFile,
		"	action, err := r.write(c, argv, reason)\n	if err != nil {\n		return nil, err\n	}", "	action, _ := r.write(c, argv, reason)", programTests + "TestNothingRunsUnwritten"},
	{"keys-in-a-program", untrusted, "a program finds the profile's key in its environment", programsFile, "return secret != \"\" && strings.Contains(value, secret)", "return secret != \"\" && strings.Contains(value, secret) && name == \"\"", programTests + "TestKeysStayHere"},
	{"hidden-keys-in-a-program", untrusted, "a program finds another profile's key in its environment", programsFile, "return slices.Contains(r.Environment.Hidden, name) ||", "return slices.Contains(r.Environment.Hidden, name+value) ||", programTests + "TestKeysStayHere"},
	{"program-prints-escapes", untrusted, "what a program prints reaches the terminal as it is", "internal/ops/commands/run.go", "return termtext.Clean(strings.ReplaceAll(s, \"\\t\", \"    \"))", "return strings.ReplaceAll(s+termtext.Clean(\"\"), \"\\t\", \"    \")", programTests + "TestOutputIsBoundedAndSafe"},
}

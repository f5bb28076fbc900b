package shell

import "strings"

// indent returns what Tab inserts after text, which ends on a further line of
// an entry with nothing on it yet: what indents the lines before, or four
// blanks. It returns "" where Tab completes.
func indent(text string) string {
	line := text[strings.LastIndexByte(text, '\n')+1:]
	if len(line) == len(text) || strings.Trim(line, " \t") != "" {
		return ""
	}
	if strings.Contains(text, "\n\t") {
		return "\t"
	}
	return "    "
}

// commonPrefix returns what all candidates begin with.
func commonPrefix(candidates []Candidate) string {
	common := candidates[0].Text
	for _, c := range candidates[1:] {
		for !strings.HasPrefix(c.Text, common) {
			runes := []rune(common)
			common = string(runes[:len(runes)-1])
		}
	}
	return common
}

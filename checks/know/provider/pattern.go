package provider

import (
	"regexp"
	"sync"
)

// compiled are the patterns of the table, each made once: recognising a product
// tries them all.
var compiled sync.Map // string → *regexp.Regexp

// pattern is the expression of a row. The table is ours, and a test reads it
// whole: one that cannot be read is a mistake in it.
func pattern(like string) *regexp.Regexp {
	if re, ok := compiled.Load(like); ok {
		return re.(*regexp.Regexp)
	}
	re, _ := compiled.LoadOrStore(like, regexp.MustCompile(like))
	return re.(*regexp.Regexp)
}

package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/catalog"
)

// A listed check is what `list --format json` says of it.
type listed struct {
	ID       string      `json:"id"`
	Title    string      `json:"title"`
	Severity string      `json:"severity"`
	Since    string      `json:"since"`
	From     string      `json:"immich_from,omitempty"`
	To       string      `json:"immich_to,omitempty"`
	Breaks   []checks.At `json:"breaks"`
	Symptoms []string    `json:"symptoms"`
}

func (p *program) listCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: "list", Short: "list every check", Args: exactly(0, "no argument"),
		RunE: func(*cobra.Command, []string) error {
			switch format {
			case "text":
				for _, c := range catalog.All() {
					if _, err := fmt.Fprintf(p.stdout, "%-22s %s\n", c.ID, c.Title); err != nil {
						return err
					}
				}
				return nil
			case "json":
				all := []listed{}
				for _, c := range catalog.All() {
					all = append(all, listed{c.ID, c.Title, c.Severity.String(), c.Since, c.Versions.From, c.Versions.To, c.Breaks, c.Symptoms})
				}
				e := json.NewEncoder(p.stdout)
				e.SetIndent("", "  ")
				e.SetEscapeHTML(false)
				return e.Encode(all)
			}
			return wrong("--format takes text, json", "--format %q: no such format", format)
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "text", "text or json")
	return cmd
}

func (p *program) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use: "explain ID", Short: "explain a check: what goes wrong, why, how to mend it",
		Example: "  immich-oidc-doctor explain redirect/registered", Args: exactly(1, "the ID of one check"),
		RunE: func(_ *cobra.Command, args []string) error {
			for _, c := range catalog.All() {
				if c.ID == args[0] {
					_, err := fmt.Fprint(p.stdout, explanation(c))
					return err
				}
			}
			return wrong("'immich-oidc-doctor list' has them all"+nearest(args[0]), "%q is no check", args[0])
		},
	}
}

// explanation is everything that is known of c, for people.
func explanation(c *checks.Check) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\n%s\n\n", c.ID, c.Title, filled(strings.ReplaceAll(strings.TrimSpace(c.Doc), "**", "")))
	if len(c.Symptoms) > 0 {
		fmt.Fprintf(&b, "What people see:\n")
		for _, s := range c.Symptoms {
			fmt.Fprintf(&b, "  %s\n", s)
		}
		fmt.Fprintln(&b)
	}
	switch {
	case c.Versions == (checks.Range{}):
		fmt.Fprintf(&b, "Immich releases: all.")
	case c.Versions.To == "":
		fmt.Fprintf(&b, "Immich releases: from %s.", c.Versions.From)
	case c.Versions.From == "":
		fmt.Fprintf(&b, "Immich releases: before %s.", c.Versions.To)
	default:
		fmt.Fprintf(&b, "Immich releases: from %s to before %s.", c.Versions.From, c.Versions.To)
	}
	fmt.Fprintf(&b, " Severity: at most %s.\n\nWhere it is written:\n", c.Severity)
	for _, x := range c.Cites {
		fmt.Fprintf(&b, "  %s, %s\n  %s\n", x.Source, x.Section, x.URL)
	}
	return b.String()
}

// filled is text with every paragraph filled to 80 columns.
func filled(text string) string {
	var paragraphs []string
	for _, paragraph := range strings.Split(text, "\n\n") {
		var line, all string
		for _, word := range strings.Fields(paragraph) {
			if line != "" && len(line)+1+len(word) > 80 {
				all, line = all+line+"\n", ""
			}
			if line != "" {
				line += " "
			}
			line += word
		}
		paragraphs = append(paragraphs, all+line)
	}
	return strings.Join(paragraphs, "\n\n")
}

// nearest says which check somebody may have meant.
func nearest(id string) string {
	_, name, _ := strings.Cut(id, "/")
	for _, c := range catalog.All() {
		family, n, _ := strings.Cut(c.ID, "/")
		if n == name && name != "" || n == id || family == id || strings.EqualFold(c.ID, id) {
			return "; did you mean " + c.ID + "?"
		}
	}
	return ""
}

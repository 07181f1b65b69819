package main

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// outputFormat is the value of --format.
type outputFormat string

// formatFlag adds --format text|json to a command.
func (a *app) formatFlag(c *cobra.Command) *outputFormat {
	f := outputFormat("text")
	c.Flags().Var(&f, "format", a.say("output: text or json", "输出格式：text 或 json"))
	return &f
}

func (f *outputFormat) json() bool     { return *f == "json" }
func (f *outputFormat) String() string { return string(*f) }
func (f *outputFormat) Type() string   { return "text|json" }

// Set is part of pflag.Value.
func (f *outputFormat) Set(s string) error {
	if s != "text" && s != "json" {
		return msg.Errorf("it is text or json", "只能是 text 或 json")
	}
	*f = outputFormat(s)
	return nil
}

// printJSON writes a value for machines.
func (a *app) printJSON(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// printReport writes what was found, as text prints it or for machines, and passes on
// the error that came with it.
func printReport[T any](a *app, f *outputFormat, report T, text func(T), err error) error {
	if f.json() {
		return msg.Join(a.printJSON(report), err)
	}
	text(report)
	return err
}

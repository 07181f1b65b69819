package bkci

import (
	"context"
	"encoding/json"
	"io"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Outcome is how a run ended.
type Outcome struct {
	Code    int               // yingzao's exit code
	Message string            // one line for the pipeline's page; no secrets
	Outputs map[string]string // variables for later steps; nil = none
	Files   []string          // artifacts to keep, absolute; none = nothing
}

// Exit is the exit code that BlueKing expects: 1 when the work failed or found
// something, 2 when the plug-in was used wrongly or could not learn something.
func (o Outcome) Exit() int {
	switch o.Code {
	case 0:
		return 0
	case 1, 3:
		return 1
	}
	return 2
}

// Close writes the outcome where BlueKing looks for it.
func (a *Atom) Close(ctx context.Context, o Outcome) error {
	type value struct {
		Type  string `json:"type"`
		Value any    `json:"value"`
	}
	data := map[string]value{}
	for k, v := range o.Outputs {
		data[k] = value{"string", v}
	}
	if len(o.Files) > 0 {
		data["artifacts"] = value{"artifact", o.Files}
	}
	out := struct {
		Status    string           `json:"status"`
		Message   string           `json:"message"`
		ErrorCode int              `json:"errorCode"`
		Type      string           `json:"type"`
		Data      map[string]value `json:"data"`
	}{[]string{"success", "failure", "error"}[o.Exit()], o.Message, o.Code, "default", data}
	_, err := archive.WriteFile(ctx, a.output, 0o644, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return enc.Encode(out)
	})
	if err != nil {
		return msg.Errorf("write plug-in's output: %w", "写入插件输出：%w", err)
	}
	return nil
}

// ParseEnv reads the dotenv report of a publication.
func ParseEnv(text string) map[string]string {
	all := map[string]string{}
	for _, line := range strings.Split(text, "\n") {
		if k, v, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			all[k] = v
		}
	}
	return all
}

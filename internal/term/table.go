package term

import (
	"bytes"
	"io"
	"strings"
)

// Table is text in aligned columns. The zero value is an empty table.
type Table struct {
	Columns []Column   // a row may have fewer cells; cells beyond the last column are dropped
	Rows    [][]string // plain text, cleaned when printed
}

// Column is one column of a Table.
type Column struct {
	Title string // when all titles are empty no header is printed
	Right bool   // align to the right, as numbers are
}

// Add appends a row.
func (t *Table) Add(cells ...string) { t.Rows = append(t.Rows, cells) }

const (
	gap       = 2 // spaces between columns
	narrowest = 8 // no column is cut below this
)

// Write prints the table. On a terminal it cuts the widest columns so that a
// line fits, none below 8 columns; elsewhere nothing is ever cut. Lines carry
// no trailing space. The error is the writer's.
func (t Table) Write(w io.Writer) error {
	_, err := w.Write(t.render(Columns(w)))
	return err
}

// render lays the table out for a number of terminal columns; 0 = no limit.
func (t Table) render(limit int) []byte {
	rows := t.Rows
	if header, any := t.header(); any {
		rows = append([][]string{header}, rows...)
	}
	widths := make([]int, len(t.Columns))
	lines := make([][]string, len(rows))
	for n, row := range rows {
		lines[n] = make([]string, len(t.Columns))
		for i := range min(len(row), len(t.Columns)) {
			lines[n][i] = Clean(row[i])
			widths[i] = max(widths[i], Width(lines[n][i]))
		}
	}
	if limit > 0 {
		fit(widths, limit)
	}
	var b bytes.Buffer
	for _, cells := range lines {
		b.WriteString(t.line(cells, widths))
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func (t Table) header() (titles []string, any bool) {
	for _, c := range t.Columns {
		titles = append(titles, c.Title)
		any = any || c.Title != ""
	}
	return titles, any
}

func (t Table) line(cells []string, widths []int) string {
	var b strings.Builder
	for i, cell := range cells {
		if i > 0 {
			b.WriteString(strings.Repeat(" ", gap))
		}
		cell = Truncate(cell, widths[i])
		if t.Columns[i].Right {
			b.WriteString(PadLeft(cell, widths[i]))
		} else {
			b.WriteString(Pad(cell, widths[i]))
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// fit takes a column at a time from the widest until the line fits.
func fit(widths []int, limit int) {
	total := gap * (len(widths) - 1)
	for _, w := range widths {
		total += w
	}
	for ; total > limit; total-- {
		widest := 0
		for i, w := range widths {
			if w > widths[widest] {
				widest = i
			}
		}
		if len(widths) == 0 || widths[widest] <= narrowest {
			return
		}
		widths[widest]--
	}
}

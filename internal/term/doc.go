// Package term is what a command needs to write for people: widths in which a
// Chinese character counts two columns, tables, sizes and durations, colour
// where it is wanted, and the progress of parallel work.
//
// Rules:
//   - A width is a number of terminal columns. East Asian wide characters take
//     two; characters of ambiguous width are taken as narrow whatever the
//     locale says, and this package itself prints none of them.
//   - Text that came from elsewhere (labels, cells, compiler output) passes
//     [Clean] before it is printed: no escape sequence of a file name or a log
//     line reaches a terminal.
//   - What is not a terminal gets plain lines: no colour (unless it is forced),
//     no cursor movement, nothing cut off.
package term

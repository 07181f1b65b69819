// Package msg holds what yingzao says to people: texts in English and Chinese
// side by side, the choice between them, and errors that carry both together
// with a remedy.
//
// A library returns errors made by [Errorf]; their Error method is English.
// Only a command, at the very end, asks for another language with [In]. JSON,
// codes, flags and log keys are never translated.
package msg

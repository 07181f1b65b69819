package release

import "context"

func (r *Report) writePage(context.Context, string) error { return nil }

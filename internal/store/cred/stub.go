package cred

func (f *finder) namedFile() (*provider, error) { return nil, nil }
func (f *finder) oidc() (*provider, error)      { return nil, nil }
func (f *finder) toolFiles() (*provider, error) { return nil, nil }
func (f *finder) instance() (*provider, error)  { return nil, nil }
func (f *finder) none() error                   { return ErrNone }

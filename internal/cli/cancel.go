package cli
func (a *app) cancelCmd() *cobra.Command { return nil }

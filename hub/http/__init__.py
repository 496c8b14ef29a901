"""What every door of the hub does alike over HTTP: headers, compression, conditional answers."""

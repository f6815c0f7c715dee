//! LibreOfficeKit in sandboxed processes, and the client that the rest of Recto uses.

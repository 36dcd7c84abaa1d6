using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace TriggerConsole.Registry;

/// <summary>See eng/registry/README.md: what this does, and when it can be deleted.</summary>
internal static class RegistryWorkarounds
{
    [ModuleInitializer]
    internal static void Initialize()
    {
        // Microsoft.Data.Sqlite is built against SQLitePCLRaw 2.1; the registry has 2.0.6, whose API it uses is the same.
        AssemblyLoadContext.Default.Resolving += (context, name) => name.Name == "SQLitePCLRaw.core"
            ? context.LoadFromAssemblyName(new AssemblyName("SQLitePCLRaw.core"))
            : null;
        // The SQLite inside the package is 3.35; a newer one of the system is preferred where there is one.
        var provider = Assembly.Load(new AssemblyName("SQLitePCLRaw.provider.e_sqlite3"));
        NativeLibrary.SetDllImportResolver(provider, (library, assembly, path) =>
            library == "e_sqlite3" && NativeLibrary.TryLoad("libsqlite3.so.0", out var handle) ? handle : IntPtr.Zero);
    }
}

using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace TriggerConsole.Registry;

/// <summary>See eng/registry/README.md: bUnit is built against a newer AngleSharp.Diffing than the registry has; what it uses of it is the same.</summary>
internal static class BunitWorkaround
{
    [ModuleInitializer]
    internal static void Initialize()
        => AssemblyLoadContext.Default.Resolving += (context, name) => name.Name == "AngleSharp.Diffing"
            ? context.LoadFromAssemblyPath(Path.Combine(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!, "AngleSharp.Diffing.dll"))
            : null;
}

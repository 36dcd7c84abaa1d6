namespace TriggerConsole.Tests.Testing;

/// <summary>Where things are in the source tree.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "TriggerConsole.sln"))) folder = folder.Parent ?? throw new InvalidOperationException("TriggerConsole.sln is in no folder above the tests.");
        return folder.FullName;
    }
}

using TriggerConsole.Core.Operations.Backups;

namespace TriggerConsole.Tests.Testing;

/// <summary>A database of SQLite that <c>--migrate</c> has made, with nothing in it: made once and copied, because making it takes longer than most tests.</summary>
internal static class MigratedFile
{
    private static readonly Lazy<byte[]> s_content = new(() => Task.Run(MakeAsync).GetAwaiter().GetResult());

    /// <summary>Puts it where a server looks for its database.</summary>
    public static void CopyTo(string folder, string name = "triggerconsole.db")
    {
        var file = Path.Combine(folder, name);
        PrivateFile.Ensure(file);
        File.WriteAllBytes(file, s_content.Value);
    }

    private static async Task<byte[]> MakeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("tc-template-").FullName;
        try
        {
            var run = await CommandRun.StartAsync(CommandRun.At(folder), "--migrate");
            return run.ExitCode == 0 ? await File.ReadAllBytesAsync(Path.Combine(folder, "triggerconsole.db")) : throw new InvalidOperationException(run.Error);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

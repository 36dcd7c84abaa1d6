namespace TriggerConsole.Tests.Testing;

/// <summary>Programs that tests start: missing on someone's laptop they skip with the reason, missing in CI they fail.</summary>
public static class Needs
{
    public static bool InCi => string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Skips the test when the program is not there; fails it when this is CI, where <c>./test.sh</c> has installed everything.</summary>
    public static void Program(string? path, string name, string package)
    {
        if (path is not null) return;
        if (InCi) throw new InvalidOperationException($"{name} is missing (Debian package {package}); ./test.sh installs it.");
        // The token that xunit 2.9 takes for "skipped"
        throw new SkippedException($"$XunitDynamicSkip${name} is not installed (Debian package {package}).");
    }

    /// <summary>Full path of a program, looked for in PATH and the given folders.</summary>
    public static string? Find(string program, params string[] folders)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(folders)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}

public sealed class SkippedException(string message) : Exception(message);

namespace TriggerConsole.Hosting;

/// <summary>What the program is to do instead of serving, as the command line asks for it.</summary>
/// <param name="Name">With its dashes: <c>--backup</c>.</param>
/// <param name="Operand">The file or address after it; null when it takes none, or none was given.</param>
/// <param name="Force"><c>--force</c>.</param>
/// <param name="DryRun"><c>--dry-run</c>.</param>
/// <param name="Offline"><c>--offline</c>.</param>
internal sealed record Command(string Name, string? Operand, bool Force, bool DryRun, bool Offline)
{
    private const string PassphraseOption = "--passphrase-file";

    private static readonly CommandForm[] s_forms =
    [
        new("--help", Takes.Nothing),
        new("-h", Takes.Nothing),
        new("--version", Takes.Nothing),
        new("--migrate", Takes.Nothing),
        new("--check", Takes.Nothing, "--offline"),
        new("--backup", Takes.File, "--force", "--unencrypted", PassphraseOption),
        new("--restore", Takes.File, "--force", PassphraseOption),
        new("--rotate-keys", Takes.Nothing),
        new("--recover", Takes.Email),
        new("--export", Takes.File, "--force"),
        new("--import", Takes.File, "--dry-run"),
        new("--verify-audit", Takes.AddressOrNothing),
        new("--health", Takes.AddressOrNothing),
    ];

    /// <summary><c>--unencrypted</c>.</summary>
    public bool Unencrypted { get; private init; }

    /// <summary>The file after <c>--passphrase-file</c>.</summary>
    public string? PassphraseFile { get; private init; }

    private enum Takes { Nothing, File, Email, AddressOrNothing }

    /// <summary>Splits the arguments into what is to be done and settings; a command among settings would swallow the next one as its value.</summary>
    /// <returns>Null as command: serve.</returns>
    /// <exception cref="ArgumentException">The command cannot be understood; says why.</exception>
    public static (Command? Command, string[] Settings) Read(IReadOnlyList<string> arguments)
    {
        Command? command = null;
        string? passphraseFile = null;
        var settings = new List<string>();
        var switches = new List<string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var (name, value) = Split(arguments[i]);
            if (name == PassphraseOption)
            {
                if (value is null && i + 1 < arguments.Count) value = arguments[++i];
                passphraseFile = string.IsNullOrEmpty(value) ? throw new ArgumentException($"{name} needs a file: {name} FILE.") : value;
                switches.Add(name);
                continue;
            }
            if (name is "--force" or "--dry-run" or "--offline" or "--unencrypted" && value is null)
            {
                switches.Add(name);
                continue;
            }
            if (Array.Find(s_forms, f => f.Name == name) is not { } form)
            {
                settings.Add(arguments[i]);
                // The value of a setting may look like anything
                if (arguments[i].StartsWith("--", StringComparison.Ordinal) && value is null && i + 1 < arguments.Count && !arguments[i + 1].StartsWith('-')) settings.Add(arguments[++i]);
                continue;
            }
            if (command is not null) throw new ArgumentException($"{command.Name} and {name} cannot be done at once. Give one of them.");
            if (form.Takes == Takes.Nothing && value is not null) throw new ArgumentException($"{name} takes no value.");
            if (form.Takes != Takes.Nothing && value is null && i + 1 < arguments.Count && (arguments[i + 1] == "-" || !arguments[i + 1].StartsWith('-'))) value = arguments[++i];
            if (form.Takes == Takes.File && string.IsNullOrEmpty(value)) throw new ArgumentException($"{name} needs a file: {name} FILE.");
            if (form.Takes == Takes.Email && string.IsNullOrEmpty(value)) throw new ArgumentException($"{name} needs an e-mail address: {name} EMAIL.");
            command = new(name, value, false, false, false);
        }
        foreach (var name in switches)
            if (command is null || !Array.Find(s_forms, f => f.Name == command.Name)!.Switches.Contains(name)) throw new ArgumentException($"{name} belongs to {string.Join(" and ", s_forms.Where(f => f.Switches.Contains(name)).Select(f => f.Name))}.");
        if (command is not null) command = command with { Force = switches.Contains("--force"), DryRun = switches.Contains("--dry-run"), Offline = switches.Contains("--offline"), Unencrypted = switches.Contains("--unencrypted"), PassphraseFile = passphraseFile };
        return (command, [.. settings]);
    }

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.IndexOf('=');
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }

    private sealed record CommandForm(string Name, Takes Takes, params string[] Switches);
}

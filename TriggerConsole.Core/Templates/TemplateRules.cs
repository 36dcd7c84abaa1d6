namespace TriggerConsole.Core.Templates;

/// <summary>What templates may name besides the event: checked when a trigger is saved.</summary>
public sealed class TemplateRules(TemplateEnvironment environment, ISecretValues secrets)
{
    public TemplateEnvironment Environment { get; } = environment;

    public ISecretValues Secrets { get; } = secrets;

    /// <summary>Says of a placeholder why it cannot stand in this template, in a sentence; null when it may, or when all may.</summary>
    internal Func<Placeholder, string?>? Refuses { get; init; }
}

/// <summary>Named secrets as templates see them. Values are in memory; nothing is read on the hot path.</summary>
public interface ISecretValues
{
    bool Exists(string name);

    /// <summary>The value, or null when no secret has that name.</summary>
    string? Find(string name);

    /// <summary>The value before the present one, while senders may still show it; else null.</summary>
    string? FindPrevious(string name, DateTimeOffset now) => null;

    /// <summary>Whether it may be sent to this host.</summary>
    bool MayGoTo(string name, string host) => true;

    /// <summary>Notes that it was used just now. Called for each message: must cost nothing.</summary>
    void Used(string name)
    {
    }
}

/// <summary>The environment variables that <c>{env:NAME}</c> may read: only those named in <c>Templates:AllowedEnvironment</c>.</summary>
public sealed class TemplateEnvironment(IReadOnlyDictionary<string, string?> values)
{
    public static TemplateEnvironment Empty { get; } = new(new Dictionary<string, string?>());

    public IEnumerable<string> Names => values.Keys;

    public bool Allows(string name) => values.ContainsKey(name);

    public string? Find(string name) => values.GetValueOrDefault(name);
}

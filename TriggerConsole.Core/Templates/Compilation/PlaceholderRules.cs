using System.Buffers;

namespace TriggerConsole.Core.Templates.Compilation;

/// <summary>Checks what a well-formed placeholder names: header names, allowed environment variables, known secrets.</summary>
internal static class PlaceholderRules
{
    // RFC 9110, section 5.6.2
    private static readonly SearchValues<char> s_token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <returns>The same placeholder, or null after a fault was reported.</returns>
    public static Placeholder? Check(TemplateBuilder builder, Placeholder placeholder)
    {
        var fault = placeholder.Kind switch
        {
            PlaceholderKind.Header when placeholder.Name.AsSpan().ContainsAnyExcept(s_token) => $"“{placeholder.Name}” is no header name. Write it as in {{header:User-Agent}}.",
            PlaceholderKind.Environment => CheckEnvironment(builder.Rules.Environment, placeholder.Name),
            PlaceholderKind.Secret when !builder.Rules.Secrets.Exists(placeholder.Name) => $"There is no secret named “{placeholder.Name}”. Make it in Settings, under Secrets, or choose another name.",
            _ => null,
        } ?? builder.Rules.Refuses?.Invoke(placeholder);
        if (fault is null && placeholder.Kind == PlaceholderKind.Secret) builder.Uses(placeholder.Name);
        if (fault is null) return placeholder;
        builder.Fault(placeholder.Offset, fault);
        return null;
    }

    private static string? CheckEnvironment(TemplateEnvironment environment, string name)
    {
        if (environment.Allows(name)) return null;
        var near = Suggestions.Nearest(name, environment.Names);
        return $"Templates may not read the environment variable “{name}”. "
            + (near is null ? "" : $"Did you mean {{env:{near}}}? ")
            + "Whoever runs the server can allow a variable by adding its name to Templates:AllowedEnvironment.";
    }
}

using System.Text;

namespace TriggerConsole.Core.Templates.Rendering;

/// <summary>Where a URL template leads, whatever the event.</summary>
internal static class UrlOrigin
{
    /// <summary>See <see cref="Template.UrlOrigin"/>.</summary>
    public static string? Of(Segment[] segments, TemplateEnvironment environment)
    {
        // Only literals and environment variables stand before the first slash of the path, so the rest is not needed
        var url = new StringBuilder();
        foreach (var (literal, placeholder, _) in segments)
        {
            if (literal is not null) url.Append(Encoding.UTF8.GetString(literal));
            else if (placeholder!.Kind != PlaceholderKind.Environment) break;
            else if (environment.Find(placeholder.Name) is { Length: > 0 } value) url.Append(value);
            else if (placeholder.Default is { } standIn) url.Append(Encoding.UTF8.GetString(standIn.Text));
            else return null;
        }
        return UrlRules.OriginOf(url.ToString());
    }
}

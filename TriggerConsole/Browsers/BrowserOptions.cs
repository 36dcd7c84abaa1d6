namespace TriggerConsole.Browsers;

/// <summary>What parts of the program need of browsers beyond the usual; set in code, not by configuration.</summary>
internal sealed class BrowserOptions
{
    /// <summary>
    /// Origins that an answer to a form of ours may lead to (<c>https://github.com</c>): some browsers hold redirects after a form to
    /// <c>form-action</c> too. A sign-in elsewhere that begins with a link needs none.
    /// </summary>
    public ISet<string> FormTargets { get; } = new SortedSet<string>(StringComparer.Ordinal);
}

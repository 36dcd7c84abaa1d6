namespace TriggerConsole.Core.Templates.Compilation;

/// <summary>
/// Text in which placeholders are looked for, and where each of its characters stands in the source: the two differ
/// where the format has escapes of its own (<c>\"</c> in JSON, <c>&amp;quot;</c> in XML).
/// </summary>
/// <param name="Offsets">One per character and one for the end; null when text and source are the same.</param>
internal readonly record struct TemplateText(string Text, int[]? Offsets = null)
{
    public int OffsetOf(int index) => Offsets is null ? index : Offsets[index];
}

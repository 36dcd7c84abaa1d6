namespace TriggerConsole.Components.Layout;

/// <summary>Opens the palette from anywhere on the page.</summary>
internal sealed class PaletteState
{
    public event Action? Opened;

    public void Open() => Opened?.Invoke();
}

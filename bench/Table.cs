using System.Globalization;

namespace TriggerConsole.Bench;

/// <summary>Prints rows under a heading, columns aligned.</summary>
internal static class Table
{
    public static void Heading(string title, params string[] columns)
    {
        Console.WriteLine();
        Console.WriteLine(title);
        Row(columns);
        Console.WriteLine(new string('-', 48 + (columns.Length - 1) * 16));
    }

    public static void Row(params string[] cells)
        => Console.WriteLine(string.Concat(cells.Select((cell, i) => i == 0 ? cell.PadRight(48) : cell.PadLeft(16))));

    public static string PerSecond(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:N0}/s");

    public static string Milliseconds(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.00} ms");

    public static string Ratio(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.00}×");

    public static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
